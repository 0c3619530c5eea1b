"""What comes in: one reader of raw records for serving and training, and requests made of it."""
