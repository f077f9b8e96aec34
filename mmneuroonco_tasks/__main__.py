"""`python -m mmneuroonco_tasks` is `mmneuroonco`: for an environment that is named by its interpreter."""

from .cli import main

if __name__ == "__main__":
    main()
