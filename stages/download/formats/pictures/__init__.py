"""Files of pictures: PNG, JPEG, BMP and WebP."""
