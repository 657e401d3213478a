"""``python -m geostance``."""

from geostance.cli import main

if __name__ == "__main__":
    main()
