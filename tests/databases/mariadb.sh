#!/bin/sh
# Run the tests of MariaDB on Debian's server: on 127.0.0.1 only, with a folder and a port of its own.
set -eu
python="$1"
if ! command -v mariadbd >/dev/null; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo"
    $as_root apt-get update
    $as_root apt-get install -y --no-install-recommends mariadb-server
fi
account="$(id -un)"
[ "$account" != root ] || account=nobody
folder="$(mktemp -d)"
port="${MARIADB_PORT:-33477}"
mkdir "$folder/server"
chmod 755 "$folder"
chown "$account" "$folder/server"
# The caller's folder for temporary files may be closed to the server's account.
temporary="$folder/server"
TMPDIR="$temporary" mariadb-install-db --no-defaults --user="$account" --datadir="$folder/server/data" \
    --auth-root-authentication-method=normal --skip-test-db >"$folder/install.log"
TMPDIR="$temporary" mariadbd --no-defaults --user="$account" --datadir="$folder/server/data" --port="$port" \
    --bind-address=127.0.0.1 --socket="$folder/server/socket" 2>"$folder/server.log" &
server=$!
trap 'kill $server; wait $server || true; rm -rf "$folder"' EXIT
for _ in $(seq 300); do
    mariadb --socket="$folder/server/socket" -u root -e "SELECT 1" >/dev/null 2>&1 && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/server.log" >&2; exit 1; }
    sleep 0.2
done
export TEST_MARIADB_SOCKET="$folder/server/socket" TEST_MARIADB_PORT="$port"
"$python" -m pytest -q -m mariadb tests/databases
