"""Requests that are printed with an answer are made."""

import pytest

from documents import answers
from documents.configurations import lacks
from documents.pages import documents

SHOWN = [(block, page) for page in documents() for block in page.of("http")]


def test_all_requests(site, nginx, figures):
    found = [fault for shown in SHOWN for fault in answers.faults(site, nginx, *shown)]
    assert found == []
    made = [block for block, page in SHOWN if not lacks(nginx, answers.before(block, page))]
    count = sum(len(answers.read(block)) for block in made)
    figures(f"{nginx}: requests of the documents: {count}")


# ---- the rule, with planted faults

SERVED = """\
```nginx
root /srv/www;
location /video/ {
    pta_enable on;
    pta_auth_method qs cookie;
}
location /to/ {
    proxy_pass http://app.example.org/;
}
server_name a.example;
if ($host = a.example) {
    return 204;
}
```
<!-- test: requests -->
"""

RIGHT = f"""{SERVED}
```http
GET /video/1.mp4 -> 400
pta: missing token
Cache-Control: no-store
GET /video/1.mp4?pta=TOKEN -> 200
content of /video/1.mp4
GET /video/1.mp4?pta=EXPIRED -> 410
GET /video/1.mp4?pta=OTHER -> 403
GET /video/1.mp4 -> 200
Cookie: pta=TOKEN
HEAD /open.txt -> 200
GET /video/1.mp4?pta=TOKEN -> 200
TOKEN allows /video/*
GET /video/1.mp4?pta=TOKEN -> 403
TOKEN allows /video/2.mp4
GET /to/b?c -> 200
the application gets /b?c
Content-Type: text/…
GET /video/1.mp4 -> 204
Host: a.example
```
"""

MORE = """\
```nginx
pta_require_seal on;
location /bound/ {
    pta_enable on;
    pta_bind $cookie_a $request_method;
}
location /upload/ {
    root /srv/www;
    dav_methods PUT;
    client_max_body_size 2m;
}
location /to/ {
    proxy_pass http://app.example.org/;
}
location /found/ {
    internal;
    return 200 found;
}
```
<!-- test: prepare -->
```sh
install -d -o www-data -g www-data /srv/www/upload
```
<!-- test: requests -->
```http
GET /bound/a?pta=SEALED -> 403
GET /bound/a?pta=SEALED -> 200
Cookie: a=b
SEALED is bound to b GET
PUT /upload/a -> 201
Content-Length: 2000000
PUT /upload/b -> 201
PUT /upload/c -> 413
Content-Length: 3000000
GET /to/?redirect=/found/ -> 200
found
```
"""

WRONG = {
    "a status": (f"{SERVED}```http\nGET /video/ -> 403\n```\n", "is 400, not 403"),
    "a header line": (f"{SERVED}```http\nGET /video/ -> 400\nA: b\n```\n", "has no 'A: b'"),
    "a header line that the answer does not have": (
        f"{SERVED}```http\nGET /video/ -> 400\nX-PTA-Status: b\n```\n",
        "has no 'X-PTA-Status: b'",
    ),
    "its beginning": (f"{SERVED}```http\nGET / -> 200\nServer: a…\n```\n", "has no 'Server: a…'"),
    "a text": (f"{SERVED}```http\nGET /video/ -> 400\nabc\n```\n", "has no 'abc'"),
    "a text of another answer": (
        f"{SERVED}```http\nGET /video/ -> 400\nGET /open -> 200\npta: missing token\n```\n",
        "GET /open: the answer has no 'pta: missing token'",
    ),
    "another token": (
        f"{SERVED}```http\nGET /video/?pta=TOKEN -> 200\nTOKEN allows /a\n```\n",
        "is 403, not 200",
    ),
    "a configuration that is refused": (
        "```nginx\npta_enable maybe;\n```\n```http\nGET / -> 200\n```\n",
        'invalid value "maybe"',
    ),
    "an upload to a folder that nobody made": (
        "```nginx\nlocation /upload/ {\n  root /srv/www;\n  dav_methods PUT;\n}\n```\n"
        "```http\nPUT /upload/a -> 201\n```\n",
        "is 500, not 201",
    ),
    "no request": (f"{SERVED}```http\nGET /video/\n```\n", "no request"),
    "nothing": (f"{SERVED}```http\n```\n", "there is no request"),
    "no configuration": ("```http\nGET / -> 200\n```\n", "no nginx block"),
}


def check(site, nginx, page):
    return [
        fault for block in page.of("http") for fault in answers.faults(site, nginx, block, page)
    ]


def test_no_fault(site, nginx, planted):
    assert check(site, nginx, planted(RIGHT + MORE)) == []


@pytest.mark.parametrize(("text", "fault"), WRONG.values(), ids=WRONG)
def test_a_fault(site, nginx, planted, text, fault):
    found = check(site, nginx, planted(text))
    assert len(found) == 1
    assert fault in found[0]
