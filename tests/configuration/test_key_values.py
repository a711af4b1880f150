"""The values of pta_1st_key, pta_1st_iv, pta_2nd_key and pta_2nd_iv.

No message contains the value, because it may be most of a key.
"""

import pytest

DIRECTIVES = ["pta_1st_key", "pta_1st_iv", "pta_2nd_key", "pta_2nd_iv"]
OTHER = ", but contains other characters"
HINT = ', use "file:path" for a file'


@pytest.mark.parametrize("directive", DIRECTIVES)
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("00112233445566778899aabbccddeef", ", not 31 characters"),
        ("00112233445566778899aabbccddeeff0", ", not 33 characters"),
        ("00112233445566778899aabbccddeefg", OTHER),
        ("0x112233445566778899aabbccddeeff", OTHER),
        ("0011", ", not 4 characters"),
        ("''", ", not 0 characters"),
        # For a value that looks like a path, the message has a hint.
        ("/etc/nginx/keys/1st.key", ", not 23 characters" + HINT),
        ("keys/1st", ", not 8 characters" + HINT),
        ("1st.key", ", not 7 characters" + HINT),
        ("../x", ", not 4 characters" + HINT),
        ("~x", ", not 2 characters" + HINT),
        ("FILE:key", ", not 8 characters" + HINT),
        ("File:/etc/key", ", not 13 characters" + HINT),
        ("file=key", ", not 8 characters" + HINT),
        # A path that is as long as a key.
        ("/etc/nginx/keys/pta/1st/the.key1", OTHER + HINT),
    ],
)
def test_a_value_that_is_not_a_key(configuration, directive, value, problem):
    configuration.refuses(
        f"{directive} {value}; # here",
        f'invalid value in "{directive}" directive,'
        f" it must be 32 hexadecimal digits{problem} in HERE",
    )


@pytest.mark.parametrize("directive", [*DIRECTIVES, "pta_1st_pair", "pta_2nd_pair"])
def test_an_empty_file_name(configuration, directive):
    configuration.refuses(
        f"{directive} file:; # here", f'no file name in "{directive}" directive in HERE'
    )
