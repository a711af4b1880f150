"""Do AddressSanitizer and valgrind find what they are there for?"""
