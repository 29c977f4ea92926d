"""Rows and stored records into a plan. Pure: nothing here reads a file or the network."""
