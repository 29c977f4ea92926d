"""What has changed since a template was made: its columns, the account, the account's names."""
