"""Temperatures in two scales."""


def fahrenheit(celsius):
    return celsius * 9 / 5 + 32


for celsius in range(-40, 101, 35):
    print(celsius, "C is", fahrenheit(celsius), "F")
