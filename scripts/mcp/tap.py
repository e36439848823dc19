"""Stands between a client and a server and keeps every line: tap.py LOG PROGRAM ARGUMENT...

Lines to the server begin with `>`, lines from it with `<`, each before the line itself.
"""

import subprocess
import sys
import threading


def main():
    server = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    lock = threading.Lock()
    with open(sys.argv[1], "ab", buffering=0) as log:

        def copy(source, target, mark):
            for line in source:
                with lock:
                    log.write(mark + line)
                target.write(line)
                target.flush()
            target.close()

        back = threading.Thread(target=copy, args=(server.stdout, sys.stdout.buffer, b"<"))
        back.start()
        copy(sys.stdin.buffer, server.stdin, b">")
        back.join()
    sys.exit(server.wait())


main()
