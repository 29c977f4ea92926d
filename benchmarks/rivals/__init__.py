"""What a good engineer would write instead in an afternoon, with the libraries everybody takes."""
