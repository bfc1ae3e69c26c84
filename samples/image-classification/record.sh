#!/bin/sh
# Records the runs again: sh record.sh [slow-augment|prefetched]
set -eu
cd "$(dirname "$0")"
export PYTHONPATH=../../recorder SLEUTH_HOST=sample-host OMP_NUM_THREADS=1
PYTHON=${PYTHON:-python3}
WANTED=${1:-slow-augment prefetched}

train() {
    "$PYTHON" train.py "$@"
}

record_slow_augment() {
    export MASTER_ADDR=127.0.0.1 MASTER_PORT=29531 WORLD_SIZE=2
    set -- --run slow-augment --batch-size 16 --large-every 16 --straggler 1
    RANK=1 train "$@" &
    RANK=0 train "$@"
    wait $!
    unset WORLD_SIZE
}

# One rank with the batch of both: two ranks and four workers do not run steadily on two cores.
record_prefetched() {
    train --run prefetched --batch-size 32 --workers 2 --fast-transforms
}

for run in $WANTED; do
    case $run in
    slow-augment) record_slow_augment ;;
    prefetched) record_prefetched ;;
    *) echo "unknown run: $run" >&2; exit 2 ;;
    esac
done
