# A display with an SSD1306 at I2C (facts: its datasheet).
import framebuf

START = b"\xae\x20\x00\xa8\x3f\x8d\x14\xaf"


class Display(framebuf.FrameBuffer):
    def __init__(self, bus, address=0x3C):
        self.bus, self.address = bus, address
        self.points = bytearray(1024)
        super().__init__(self.points, 128, 64, framebuf.MONO_VLSB)
        self.command(START)

    def command(self, codes):
        self.bus.writevto(self.address, (b"\x00", codes))

    def show(self):
        self.command(b"\x21\x00\x7f\x22\x00\x07")
        self.bus.writevto(self.address, (b"\x40", self.points))
