# platform: texts.
import platform

print(type(platform.platform()), type(platform.python_compiler()), [type(part) for part in platform.libc_ver()])
print("1.29.0" in platform.platform(), platform.platform(aliased=True) == platform.platform())
