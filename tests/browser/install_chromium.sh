#!/bin/sh
# Install Debian's Chromium without a window for the browser journeys, or say exactly why not and
# what to do. An ordinary Chromium that is there already does as well, and takes a quarter longer.
set -u
for found in chromium-headless-shell chromium; do
    if command -v "$found" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" -eq 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else
    echo "Chromium is missing and this account may not install it." >&2
    echo "Run 'sudo apt-get install chromium-headless-shell' once, or leave the browser journeys out: make test BROWSER=no" >&2
    exit 1
fi
echo "Chromium is missing: installing Debian's package without a window for the browser journeys." >&2
$as_root apt-get update -q >/dev/null && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends chromium-headless-shell >/dev/null || {
    echo "Installing chromium failed; see the lines above. Without it: make test BROWSER=no" >&2
    exit 1
}
