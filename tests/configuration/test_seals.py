"""`nginx -t` and seal keys, pta_require_seal and pta_bind."""

import pytest

from configuration.keys import FIRST_PAIR, IV, KEY, SECOND_PAIR

SEAL = "4d1c2a9be07f5386a1d4c35b7e90f2681f3b5c7d9e0a2b4c6d8e0f1a3b5c7d9e"
OTHER = "8e21b7c4f05d936a4b7e1d0c9f8a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c"
THIRD = "13f7e2d8c9b4a5061728394a5b6c7d8e9fa0b1c2d3e4f506172839a4b5c6d7e8"

ON = "pta_enable on;"
REQUIRE = "pta_require_seal on;"
SEALS = ["pta_1st_seal", "pta_2nd_seal"]


def unsealed(place="HERE"):
    return f'unsealed tokens are accepted as well, "pta_require_seal" is not set in {place}'


def no_seal_key(pair, place="HERE"):
    return (
        f'the {pair} pair has no seal key, so it opens no token with "pta_require_seal on"'
        f" in {place}"
    )


NONE = (
    'no seal key is defined (the 3rd line of a pair file, "pta_1st_seal" or "pta_2nd_seal")'
    ' for the "pta_require_seal" directive in HERE'
)
BIND_ALONE = '"pta_bind" directive needs "pta_require_seal on" in HERE'
EQUAL = 'the seal keys of the 1st and the 2nd pair are equal, use "pta keygen" in HERE'


def contains(pair):
    return f'the seal key of the {pair} pair contains a key or an IV, use "pta keygen" in HERE'


@pytest.mark.parametrize("directive", SEALS)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (SEAL[:-1], "must be 64 hexadecimal digits, not 63 characters"),
        (SEAL + "0", "must be 64 hexadecimal digits, not 65 characters"),
        (KEY, "must be 64 hexadecimal digits, not 32 characters"),
        ("0x" + SEAL[2:], "must be 64 hexadecimal digits, but contains other characters"),
        ("''", "must be 64 hexadecimal digits, not 0 characters"),
        (
            "keys/seal",
            'must be 64 hexadecimal digits, not 9 characters, use "file:path" for a file',
        ),
    ],
)
def test_a_value_that_is_no_seal_key(configuration, directive, value, reason):
    configuration.refuses(
        f"{directive} {value}; # here",
        f'invalid value in "{directive}" directive, it {reason} in HERE',
    )


@pytest.mark.parametrize("directive", SEALS)
def test_digits_of_either_case(configuration, directive):
    configuration.accepts(f"{directive} {SEAL.upper()};")


@pytest.mark.parametrize("directive", SEALS)
@pytest.mark.parametrize("content", [SEAL, f"{SEAL}\n", f"{SEAL}\r\n", SEAL.upper()])
def test_a_seal_key_in_a_file(configuration, directive, content):
    configuration.write("seal", content)
    configuration.accepts(f"{directive} file:ROOT/seal; {directive.replace('seal', 'key')} {KEY};")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is empty"),
        ("\n", "it must be 64 hexadecimal digits, not 0 characters"),
        (SEAL[:-1], "it must be 64 hexadecimal digits, not 63 characters"),
        (f"{SEAL[:-1]}x", "it must be 64 hexadecimal digits, but contains other characters"),
        (f"{KEY}\n{IV}\n", "it must be one line"),
        (f"{SEAL}\n\n", "it must be one line"),
        (
            f"{KEY}\n{IV}\n{SEAL}\n",
            "it is longer than 96 bytes, a file with key, IV and seal key is for"
            ' "pta_1st_pair" or "pta_2nd_pair"',
        ),
    ],
)
def test_a_file_that_is_no_seal_key(configuration, content, reason):
    configuration.write("seal", content)
    configuration.refuses(
        "pta_1st_seal file:ROOT/seal; # here",
        f'invalid seal key file "ROOT/seal" in "pta_1st_seal" directive, {reason} in HERE',
    )


def test_a_file_that_others_can_read(configuration):
    configuration.write("seal", SEAL, mode=0o644)
    configuration.accepts(
        "pta_1st_seal file:ROOT/seal; # here",
        'seal key file "ROOT/seal" is readable by others in HERE',
    )


@pytest.mark.parametrize(
    ("third", "reason"),
    [
        (
            SEAL[:-1],
            "the seal key in its 3rd line must be 64 hexadecimal digits, not 63 characters",
        ),
        (KEY, "the seal key in its 3rd line must be 64 hexadecimal digits, not 32 characters"),
        ("", "the seal key in its 3rd line must be 64 hexadecimal digits, not 0 characters"),
        (f"{SEAL}\n", "it must have 2 or 3 lines, key, IV and seal key, not 4"),
    ],
)
def test_a_3rd_line_that_is_no_seal_key(configuration, third, reason):
    configuration.write("pair", f"{KEY}\n{IV}\n{third}\n")
    configuration.refuses(
        "pta_1st_pair file:ROOT/pair; # here",
        f'invalid pair file "ROOT/pair" in "pta_1st_pair" directive, {reason} in HERE',
    )


def test_a_seal_key_beside_that_of_the_file(configuration):
    configuration.write("two", f"{KEY}\n{IV}\n")
    configuration.write("three", f"{KEY}\n{IV}\n{SEAL}\n")
    for first, second in (("seal", "pair"), ("pair", "seal")):
        lines = {"seal": f"pta_1st_seal {OTHER};", "pair": "pta_1st_pair file:ROOT/three;"}
        configuration.refuses(
            f"{lines[first]}\n{lines[second]} # here",
            f'"pta_1st_{second}" directive is incompatible with "pta_1st_{first}" in HERE',
        )
        configuration.accepts(f"{lines[first]}\n{lines[second]}".replace("three", "two"))
    configuration.accepts(f"pta_2nd_seal {OTHER}; pta_1st_pair file:ROOT/three;")


@pytest.mark.parametrize("number", ["1st", "2nd"])
def test_a_pair_file_without_seal_key_inherits_none(configuration, number):
    configuration.write("two", f"{KEY}\n{IV}\n")
    outer = f"{FIRST_PAIR} pta_1st_seal {SEAL}; {SECOND_PAIR} pta_2nd_seal {OTHER}; {REQUIRE}"
    configuration.accepts(
        f"{outer} # here\nlocation / {{ {ON} pta_{number}_pair file:ROOT/two; }}",
        no_seal_key(number),
    )
    configuration.accepts(f"{outer} location / {{ {ON} pta_{number}_key 1{KEY[1:]}; }}")
    configuration.accepts(
        f"{outer} location / {{ {ON} pta_{number}_pair file:ROOT/two; pta_{number}_seal {THIRD}; }}"
    )


def test_a_seal_key_is_inherited(configuration):
    configuration.write("three", f"{KEY}\n{IV}\n{SEAL}\n")
    for keys in (f"pta_1st_seal {SEAL}; {FIRST_PAIR}", "pta_1st_pair file:ROOT/three;"):
        configuration.accepts(
            None,
            http=f"{keys} server {{ listen unix:ROOT/socket; {REQUIRE} location / {{ {ON} }} }}",
        )


# ---- pta_require_seal


@pytest.mark.parametrize(
    "server",
    [
        f"{FIRST_PAIR} {ON}\n{REQUIRE} # here",
        f"{FIRST_PAIR} {SECOND_PAIR} location / {{ {ON}\n{REQUIRE} # here\n}}",
        f"{FIRST_PAIR}\n{REQUIRE} # here\nlocation / {{ {ON} }}",
        f"{FIRST_PAIR}\n{REQUIRE} # here\nlocation / {{ if ($arg_a) {{ {ON} }} }}",
        # It belongs to no pair.
        f"{FIRST_PAIR} pta_2nd_seal {SEAL}; {ON}\n{REQUIRE} # here",
        f"{SECOND_PAIR} pta_1st_seal {SEAL}; {ON}\n{REQUIRE} # here",
    ],
)
def test_required_without_seal_key(configuration, server):
    configuration.refuses(server, NONE)


def test_required_where_nothing_is_protected(configuration):
    configuration.accepts(f"{FIRST_PAIR} {REQUIRE} pta_bind $remote_addr; location / {{ }}")


@pytest.mark.parametrize(("sealed", "number"), [("1st", "2nd"), ("2nd", "1st")])
def test_required_with_one_seal_key(configuration, sealed, number):
    """One warning, also if many locations inherit it."""
    keys = f"{FIRST_PAIR} {SECOND_PAIR} pta_{sealed}_seal {SEAL};"
    locations = f"location /a {{ {ON} location /a/b {{ }} }} location /c {{ {ON} }}"
    configuration.accepts(f"{keys}\n{REQUIRE} # here\n{locations}", no_seal_key(number))
    configuration.accepts(f"{keys} pta_{number}_seal {OTHER}; {REQUIRE} {locations}")


def test_seal_keys_without_pta_require_seal(configuration):
    locations = f"location /a {{ {ON} location /a/b {{ }} }} location /c {{ {ON} }}"
    configuration.accepts(f"{FIRST_PAIR}\npta_1st_seal {SEAL}; # here\n{locations}", unsealed())
    configuration.accepts(f"{SECOND_PAIR}\npta_2nd_seal {SEAL}; # here\n{locations}", unsealed())
    for written in ("off", "on"):
        configuration.accepts(
            f"{FIRST_PAIR} pta_1st_seal {SEAL}; pta_require_seal {written}; {locations}"
        )
    configuration.accepts(f"{FIRST_PAIR} pta_1st_seal {SEAL}; location / {{ }}")


def test_required_in_one_location_only(configuration):
    configuration.accepts(
        f"{FIRST_PAIR}\npta_1st_seal {SEAL}; # here\n{ON} location /a {{ {REQUIRE} }}", unsealed()
    )


# ---- a seal key without its pair


def unused(pair):
    return f"there is no complete {pair} pair, so its seal key is not used in HERE"


@pytest.mark.parametrize(("pair", "number"), [(SECOND_PAIR, "1st"), (FIRST_PAIR, "2nd")])
@pytest.mark.parametrize("on", [ON, f"location / {{ {ON} }}", "location = /g { pta_gate; }"])
def test_a_seal_key_without_its_pair(configuration, pair, number, on):
    """`1st` for `2nd` looks like a success: tokens without seal are accepted."""
    configuration.accepts(f"{pair}\npta_{number}_seal {SEAL}; # here\n{on}", unused(number))


def test_a_seal_key_without_its_pair_where_tokens_are_issued(configuration):
    seal = f"pta_2nd_seal {SEAL}; # here"
    configuration.accepts(f"{FIRST_PAIR}\n{seal}\npta_issue /a 1h;", unused("2nd"))


def test_a_seal_key_without_its_pair_beside_one_with(configuration):
    server = f"{FIRST_PAIR} pta_1st_seal {SEAL}; {REQUIRE} {ON}"
    seal = f"pta_2nd_seal {OTHER}; # here"
    configuration.accepts(f"{server}\n{seal}\nlocation / {{ }}", unused("2nd"))


def test_a_seal_key_that_some_servers_have_a_pair_for(configuration):
    servers = " ".join(
        f"server {{ listen unix:ROOT/{name}; {pairs} {ON} }}"
        for name, pairs in [("a", FIRST_PAIR), ("b", f"{FIRST_PAIR} {SECOND_PAIR}")]
    )
    keys = f"{REQUIRE} pta_1st_seal {SEAL}; pta_2nd_seal {OTHER};"
    configuration.accepts(None, http=f"{keys} {servers}")


def test_a_seal_key_without_its_pair_that_nothing_uses(configuration):
    configuration.accepts(f"{FIRST_PAIR} pta_2nd_seal {SEAL}; location / {{ }}")


# ---- weak seal keys


@pytest.mark.parametrize(
    "server",
    [
        f"pta_1st_seal {SEAL};\npta_2nd_seal {SEAL.upper()}; # here",
        f"pta_2nd_seal {SEAL}; pta_1st_key {KEY};\npta_1st_seal {SEAL}; # here",
        f"pta_1st_seal {SEAL}; location / {{\npta_2nd_seal {SEAL}; # here\nlocation /a {{ }} }}",
        f"pta_2nd_seal {SEAL}; location / {{\npta_1st_seal {SEAL}; # here\nlocation /a {{ }} }}",
        "pta_1st_pair file:ROOT/one;\npta_2nd_pair file:ROOT/two; # here",
    ],
)
def test_equal_seal_keys(configuration, server):
    configuration.write("one", f"{KEY}\n{IV}\n{SEAL}\n")
    configuration.write("two", f"{IV}\n{KEY}\n{SEAL}\n")
    configuration.accepts(server, EQUAL)


WEAK = [KEY + SEAL[:32], SEAL[:32] + KEY, SEAL[:16] + KEY.upper() + SEAL[:16]]


@pytest.mark.parametrize("seal", WEAK)
@pytest.mark.parametrize("number", ["1st", "2nd"])
@pytest.mark.parametrize("directive", ["pta_1st_key", "pta_1st_iv", "pta_2nd_key", "pta_2nd_iv"])
def test_a_seal_key_that_contains_a_key_or_an_iv(configuration, seal, number, directive):
    seal = f"pta_{number}_seal {seal};"
    secret = f"{directive} {KEY};"
    for first, second in ((seal, secret), (secret, seal)):
        configuration.accepts(f"{first}\n{second} # here", contains(number))
        configuration.accepts(
            f"{first} location / {{\n{second} # here\nlocation /a {{ }} }}", contains(number)
        )


def test_a_weak_pair_file(configuration):
    configuration.write("weak", f"{KEY}\n{IV}\n{KEY}{IV}\n")
    configuration.accepts("pta_1st_pair file:ROOT/weak; # here", contains("1st"))


def test_equal_pairs_with_other_seal_keys(configuration):
    """The 2nd pair is not useless: it opens tokens with the other seal."""
    pairs = f"{FIRST_PAIR} pta_2nd_key {KEY}; pta_1st_seal {SEAL}; pta_2nd_seal {OTHER};"
    configuration.accepts(f"{pairs} pta_2nd_iv {IV};")


# ---- pta_bind


@pytest.mark.parametrize(
    "server",
    [
        f"{ON}\npta_bind $remote_addr; # here",
        f"pta_require_seal off; {ON}\npta_bind $remote_addr; # here",
        f"\npta_bind a; # here\nlocation / {{ {ON} }}",
        f"{REQUIRE}\npta_bind a; # here\nlocation / {{ {ON} pta_require_seal off; }}",
    ],
)
def test_a_binding_needs_pta_require_seal(configuration, server):
    configuration.refuses(f"{FIRST_PAIR} pta_1st_seal {SEAL}; {server}", BIND_ALONE)


SEALED = f"{FIRST_PAIR} pta_1st_seal {SEAL}; {REQUIRE} {ON}"


@pytest.mark.parametrize(
    "values",
    ["$remote_addr", "a b c d e f g h", "$pta_file_mtime", "${pta_file_mtime}x$uri", "'a b'",
     "$PTA_File_Mtime", "$http_pta_status", "pta_status", "OFFICE", "$cookie_a$arg_b"],
)  # fmt: skip
def test_valid_values(configuration, values):
    configuration.accepts(f"{SEALED} pta_bind {values};")


@pytest.mark.parametrize("off", ["off", "OFF"])
def test_off_cancels(configuration, off):
    configuration.accepts(
        f"{SEALED} pta_bind $remote_addr; location / {{ pta_require_seal off; pta_bind {off}; }}"
    )


def test_nine_values(configuration):
    configuration.refuses(
        f"{SEALED} pta_bind a b c d e f g h i; # here",
        'more than 8 values in "pta_bind" directive in HERE',
    )


@pytest.mark.parametrize("values", ["''", "a ''", '"" a'])
def test_an_empty_value(configuration, values):
    configuration.refuses(
        f"{SEALED} pta_bind {values}; # here",
        'empty value in "pta_bind" directive, it would never fit in HERE',
    )


@pytest.mark.parametrize("values", ["off a", "a off", "off off"])
def test_off_is_alone(configuration, values):
    configuration.refuses(
        f"{SEALED} pta_bind {values}; # here",
        'invalid value "off" in "pta_bind" directive, it must be alone in HERE',
    )


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("$pta_status", "pta_status"),
        ("a$pta_path", "pta_path"),
        ("${pta_token}", "pta_token"),
        ("$PTA_SEALED", "pta_sealed"),
        ("$pta_file_mtime$pta_key", "pta_key"),
        ("$uri-$pta_version.", "pta_version"),
        ("b $pta_request_uri", "pta_request_uri"),
    ],
)
def test_own_variables(configuration, value, name):
    configuration.refuses(
        f"{SEALED} pta_bind {value}; # here",
        f'the variable "${name}" cannot be used in "pta_bind" directive,'
        ' of those of this module only "$pta_file_mtime" can in HERE',
    )


def test_variables_of_the_site_whose_names_begin_alike(configuration):
    configuration.accepts(
        f"{SEALED} set $pta_network a; set $pta_statuses b; pta_bind $pta_network $pta_statuses;"
    )


def test_an_unknown_variable(configuration):
    configuration.refuses(f"{SEALED} pta_bind $nothing;", 'unknown "nothing" variable')
