"""The way to the service: client, login, pacing, the meaning of replies, paging."""
