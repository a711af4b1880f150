"""A FastCGI application that answers with the parameters and the body that it gets."""

import socket
import struct
import threading

PARAMS, STDIN, STDOUT, END_REQUEST = 4, 5, 6, 3


class FastCgi:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        # Wakes accept().
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                answer(connection)


def answer(connection):
    parameters = body = b""
    with connection.makefile("rb") as stream:
        while len(header := stream.read(8)) == 8:
            kind, length, padding = header[1], int.from_bytes(header[4:6], "big"), header[6]
            content = stream.read(length)
            stream.read(padding)
            if kind == PARAMS:
                parameters += content
            elif kind == STDIN:
                body += content
                if not length:
                    break
    text = b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n"
    text += parameters.replace(b"\0", b" ") + b"\nbody=" + body + b"\n"
    connection.sendall(record(STDOUT, text) + record(STDOUT, b"") + record(END_REQUEST, bytes(8)))


def record(kind, content):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content
