#!/bin/sh
# Opens a report in headless Chromium: fails on an error of its console, a picture that is missing
# or has no size, an id that is there twice, a page wider than a phone. Not part of the tests: needs
# chromium. Run by hand:  tests/report/check_report.sh report/report.html [figures] [folder for PNGs]
set -eu

page=$(realpath "$1")
wanted=${2:-}  # how many figures; without it, at least one
keep=${3:-}
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo "check_report: chromium = not found, allowed: chromium on the PATH" >&2
  exit 2
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

browse() {
  log=$1
  shift
  timeout 120 "$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars \
    --user-data-dir="$scratch/profile" --enable-logging=stderr --v=0 "$@" 2>"$scratch/$log"
}

# The page forbids scripts to itself: the check is a copy that may run one.
python3 - "$page" "$scratch" <<'PYTHON'
import pathlib, re, sys
page, scratch = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
text = page.read_text(encoding="utf-8")
policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
assert len(policy.findall(text)) == 1, "no Content-Security-Policy"
check = """<script>
const found = [];
const say = (what) => found.push(what);
const figures = [...document.querySelectorAll("section.figure")];
const ids = new Set();
for (const e of document.querySelectorAll("[id]")) {
  if (ids.has(e.id)) say("id twice: " + e.id);
  ids.add(e.id);
}
for (const e of document.querySelectorAll("[href]")) {
  const to = e.getAttribute("href");
  if (!ids.has(to.slice(1))) say("leads nowhere: " + to);
}
for (const row of document.querySelectorAll(".claims td[data-label]:not(:empty)")) {
  if (innerWidth < 500 && row.getBoundingClientRect().width < innerWidth / 2) say("narrow cell");
}
for (const f of figures) {
  const image = f.querySelector("picture img[alt]");
  const box = image && image.getBoundingClientRect();
  if (!image || image.naturalWidth === 0 || box.width < 200 || box.height < 100)
    say("no picture: " + f.id);
}
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
if (wide > 0) say("wider than the window by " + wide);
document.title = "CHECKED " + figures.length + " figures at " + innerWidth + ": " +
  (found.length ? found.join("; ") : "good");
</script></body>"""
(scratch / "check.html").write_text(policy.sub("", text).replace("</body>", check), encoding="utf-8")
PYTHON

bad=0
for size in 390,3000 1280,4000; do
  browse page.log --screenshot="$scratch/$size.png" --window-size="$size" "file://$page"
  if grep -E 'CONSOLE' "$scratch/page.log"; then
    bad=1
  fi
  # An iframe of the width wanted: a headless window is never narrower than 500 pixels.
  printf '<!DOCTYPE html><iframe width="%s" height="3000" src="check.html"></iframe><script>
    onload = () => { document.title = frames[0].document.title; }</script>' "${size%,*}" \
    >"$scratch/frame.html"
  browse frame.log --allow-file-access-from-files --dump-dom --window-size=1400,4000 \
    --virtual-time-budget=5000 "file://$scratch/frame.html" >"$scratch/dom.html"
  said=$(sed -n 's/.*<title>\(CHECKED.*\)<\/title>.*/\1/p' "$scratch/dom.html")
  echo "${said:-no answer of the page}"
  case $said in  # the pattern is not quoted: it may be any number
    "CHECKED 0 "*) bad=1 ;;
    "CHECKED "${wanted:-[0-9]*}" figures at "*": good") ;;
    *) bad=1 ;;
  esac
  if [ -n "$keep" ]; then
    mkdir -p "$keep"
    cp "$scratch/$size.png" "$keep/report_${size%,*}.png"
  fi
done
exit "$bad"
