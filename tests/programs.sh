#!/bin/sh
# The programs that the tests drive: a Chromium, LibreOffice, and Java for Spark.
#   tests/programs.sh             installs what is missing where it may; else says how, and fails
#   tests/programs.sh chromium    prints where it is; else says how to install it, and fails
#   tests/programs.sh soffice     the same for LibreOffice
#   tests/programs.sh java        the same for Java
set -u

find_chromium() {
    for program in "${EXPORTREGION_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        [ -n "$program" ] && command -v "$program" && return
    done
    return 1
}

# LibreOffice with Writer, Calc and Impress, which Debian and Ubuntu have as packages of their own.
find_soffice() {
    command -v /Applications/LibreOffice.app/Contents/MacOS/soffice && return
    program=$(command -v soffice) || return
    folder=$(dirname "$(readlink -f "$program")")
    [ -e "$folder/libsclo.so" ] && [ -e "$folder/libsdlo.so" ] && echo "$program"
}

# Spark needs Java 17 or newer; what macOS has as java is none.
find_java() {
    for program in "${JAVA_HOME:+$JAVA_HOME/bin/java}" java; do
        version=$("$program" --version 2>/dev/null) || continue
        version=${version#* }
        [ "${version%%[!0-9]*}" -ge 17 ] 2>/dev/null && command -v "$program" && return
    done
    return 1
}

missing() {
    find_chromium >/dev/null || echo chromium
    find_soffice >/dev/null || echo soffice
    find_java >/dev/null || echo java
}

# The names under which a package manager knows what is missing.
packages() {
    missing | sed "s/^chromium$/$1/; s/^soffice$/$2/; s/^java$/$3/"
}

# Debian's and Ubuntu's packages, as root or where sudo asks for no password; macOS's casks.
install() {
    if command -v apt-get >/dev/null; then
        as_root=
        if [ "$(id -u)" -ne 0 ]; then
            sudo -n true 2>/dev/null || return
            as_root="sudo -n"
        fi
        export DEBIAN_FRONTEND=noninteractive
        $as_root apt-get update -q
        for package in $(packages chromium "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui" default-jre-headless); do
            $as_root apt-get install -q -y --no-install-recommends "$package"
        done
    elif [ "$(uname)" = Darwin ] && command -v brew >/dev/null; then
        brew install --quiet --cask $(packages google-chrome libreoffice temurin)
    fi >&2
}

demand() {
    [ -z "$1" ] && return
    echo "The tests need programs that are missing:" $1 >&2
    cat >&2 <<'HOW'
  Debian     sudo apt-get install --no-install-recommends chromium libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui default-jre-headless
  Ubuntu     the same, with Google Chrome's own package instead of chromium
  macOS      brew install --cask google-chrome libreoffice temurin
  elsewhere  Chromium or Google Chrome, LibreOffice and Java 17 or newer, found as chromium or google-chrome, soffice and java
Where Chromium has another name, EXPORTREGION_CHROMIUM is its path. Then: make test
HOW
    exit 1
}

case "${1:-}" in
    chromium) find_chromium || demand chromium ;;
    soffice) find_soffice || demand soffice ;;
    java) find_java || demand java ;;
    *)
        [ -z "$(missing)" ] || install
        demand "$(missing)"
        ;;
esac
