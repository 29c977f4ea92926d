"""What is exported: filters, read from words, asked of the service, held against each record."""
