#!/bin/sh
# Uses the installed program as people do: command line, children at work, git, a report, serving, the window under Xvfb.
# Run by `dev.py package --try ROOT` inside the root; the first thing that fails ends it.
set -eu
picture=/tmp/try/$1
cd /tmp/try
export MLOPS_DESK_HOME=/tmp/try/home PYTHONPATH=/nowhere
step() { printf '\n== %s\n' "$1"; }

step "what it says of the machine"
mlops-desk doctor
man=/usr/share/man/man1/mlops-desk.1.gz
test -s "$man"

step "a project, a dataset, a training in a child"
mlops-desk init loan --name "Loan risk" --member "Ana Lima <ana@example.org>" --role data-scientist
awk 'BEGIN { print "income,debt,region,phone,decision"; srand(7)
  for (n = 0; n < 800; n++) { i = int(rand() * 5000); d = int(rand() * 3000)
    printf "%d,%d,%s,+41 44 668 %02d %02d,%s\n", i, d, n % 3 ? "north" : "south", n % 90 + 10, n % 70 + 10,
      (i - d + rand() * 900 > 900 ? "yes" : "no") } }' > loans.csv
cd loan
mlops-desk kpi add --name "Time to decision" --unit min --better down --baseline 95 --target 40 --due 2030-06-30
mlops-desk dataset add ../loans.csv --name loans
mlops-desk dataset profile loans
mlops-desk dataset columns
mlops-desk train loans --target decision --drop phone --recipe linear --recipe forest --recipe boosting
mlops-desk ask "SELECT name FROM kpi"
mlops-desk model register loans-1 --name approval

step "addresses"
grep -q '^MimeType=x-scheme-handler/mlops-desk;' /usr/share/applications/mlops-desk.desktop
address=$(mlops-desk find loans --type dataset --json | grep -o 'mlops-desk://[^"]*' | head -n 1)
mlops-desk show "$address"

step "reports"
for format in pdf html xlsx; do
  mlops-desk report kpi --output "../kpi.$format" --format "$format"
  test -s "../kpi.$format"
done
head -c 5 ../kpi.pdf | grep -q '%PDF-'

step "the team copy"
git init --quiet --bare --initial-branch=main /tmp/try/copy.git
mlops-desk sync --remote /tmp/try/copy.git
mlops-desk sync
test -n "$(git --git-dir=/tmp/try/copy.git log --oneline main)"
mlops-desk verify
mlops-desk status

step "the sample, which serves a model and asks it"
cd /tmp/try
mlops-desk demo sample --no-window
mlops-desk --project sample status

step "the window"
xvfb-run --auto-servernum --server-args="-screen 0 1366x820x24" sh -eu -c '
  mlops-desk demo sample > window.log 2>&1 &
  window=$!
  id=$(timeout 60 xdotool search --sync --onlyvisible --name "MLOps Desk" | head -n 1)
  for wait in 1 2 3 4 5 6 7 8 9 10; do sleep 1; xwininfo -id "$id" > size.txt; done
  import -window root "$1"
  kill $window
' sh "$picture"
cat window.log size.txt
if grep -q "a bug" window.log; then exit 1; fi
test -s "$picture"
printf '\nThe installed program did everything that was asked of it.\n'
