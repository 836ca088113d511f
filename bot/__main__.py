"""python -m bot is counterfoil."""

from bot.cli import main

main()
