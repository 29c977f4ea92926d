"""Problems, plans and outcomes in words."""
