"""python -m embedviz …"""

from embedviz.cli import main

main()
