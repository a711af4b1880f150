"""What the tests share: servers, tokens and clients. Nothing here comes from the product."""
