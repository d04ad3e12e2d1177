"""The post office: letters as mail, kept in an outbox until a server has taken them."""
