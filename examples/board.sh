#!/usr/bin/env bash
# Start a board on this machine, and have it run a program as mpremote does it: at its raw prompt, over TCP.
set -e
coproc board { exec berus board --listen 127.0.0.1:0 --flash board.img; }
pid=$board_PID
read -r address <&"${board[0]}"
port=${address##*:}
exec 3<>"/dev/tcp/127.0.0.1/$port"
# Ctrl-C ends what runs, Ctrl-A asks for the raw prompt, Ctrl-D ends the program.
printf '\x03\x01%s\x04' "$1" >&3
until IFS= read -r -d $'\x04' answer <&3 && [[ $answer == *">OK"* ]]; do :; done
printf '%s' "${answer##*>OK}" | tr -d '\r'
kill "$pid"
