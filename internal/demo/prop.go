package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// prop makes the content of a file that somebody in a story attaches.
func prop(r *rand.Rand, name string, v values, at time.Time) ([]byte, error) {
	switch {
	case name == "rack.png":
		return encode(frontPanel(r))
	case strings.HasSuffix(name, ".png"):
		return encode(graph(r, name))
	default:
		return []byte(textFile(r, name, v, at)), nil
	}
}

func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}

// textFile is a log or listing as a switch prints it.
func textFile(r *rand.Rand, name string, v values, at time.Time) string {
	var b strings.Builder
	host := strings.ToLower(or(v["model"], "sw")) + "-" + v["port"]
	line := func(format string, args ...any) {
		at = at.Add(time.Duration(1+r.IntN(40)) * time.Second)
		fmt.Fprintf(&b, "%s %s "+format+"\n", append([]any{at.Format("Jan _2 15:04:05"), host}, args...)...)
	}
	switch name {
	case "boot-log.txt":
		fmt.Fprintf(&b, "Halden bootloader 3.4 (%s)\nDRAM 512 MB, flash 2 x 64 MB\nboard %s rev B serial %s\nimage1: %s ok (crc)\n", at.Format(time.DateOnly), v["model"], v["serial"], v["fw"])
		for n := 1; n <= 40; n++ {
			fmt.Fprintf(&b, "tftp: block %d ok\n", n*1024)
		}
		b.WriteString("tftp: block 41203 timeout, retry 1/5\ntftp: block 41203 timeout, retry 2/5\ntftp: block 41203 timeout, retry 5/5\nflash: image rejected (crc)\nimage2: bad crc\nboot> \n")
	case "transceivers.txt":
		b.WriteString("Port      Part               Tx dBm   Rx dBm   Temp C\n")
		for n := 1; n <= 4; n++ {
			fmt.Fprintf(&b, "xe 0/%d    HL-SFP10-LR           0.0      0.0     %d.%d\n", n, 34+r.IntN(9), r.IntN(10))
		}
		fmt.Fprintf(&b, "ge 0/%s   HL-SFP-BX20-U        -6.1     -9.0     31.4\n", v["port"])
	case "ports.txt":
		b.WriteString("Port      Link   Speed   In errors   CRC      Giants     Drops\n")
		for n := 1; n <= 24; n++ {
			fmt.Fprintf(&b, "ge 0/%-4d up     1000    %-10d  %-7d  %-9d  %d\n", n, r.IntN(40), r.IntN(12), r.IntN(3), r.IntN(900))
		}
		b.WriteString("xe 0/4    up     10000   18204113    11       18204102   4127\n")
	case "devices.csv":
		b.WriteString("serial;model;site;installed\n")
		for n := range 30 {
			fmt.Fprintf(&b, "OE44%02d%c%c%02d;S2962-24T;site %d;2026-0%d-%02d\n", 10+r.IntN(40), 'A'+r.IntN(26), 'A'+r.IntN(26), n, 1+n/4, 1+r.IntN(8), 1+r.IntN(27))
		}
	case "capture.txt":
		for n := range 25 {
			fmt.Fprintf(&b, "%s IP %s.68 > 255.255.255.255.67: request %d, vlan %s, length 300\n", at.Add(time.Duration(n)*1200*time.Millisecond).Format("15:04:05.000000"), v["ip"], n, v["vlan"])
		}
	default:
		line("%%SYS-5-RESTART: %s version %s started", v["model"], v["fw"])
		for range 30 {
			switch r.IntN(4) {
			case 0:
				line("%%LINK-3-UPDOWN: Interface ge 0/%d, changed state to %s", 1+r.IntN(24), []string{"up", "down"}[r.IntN(2)])
			case 1:
				line("%%L2-4-MOVE: address 0050.56%02x.%04x moved from xe 0/1 to xe 0/2, vlan %s", r.IntN(256), r.IntN(65536), v["vlan"])
			case 2:
				line("%%LACP-4-TIMEOUT: partner of xe 0/%d timed out, port-channel 1", 1+r.IntN(2))
			default:
				line("%%STP-6-TC: topology change received on ge 0/%d", 1+r.IntN(24))
			}
		}
	}
	return b.String()
}

var (
	paper = color.RGBA{0xfb, 0xfc, 0xfc, 0xff}
	rule  = color.RGBA{0xdd, 0xe3, 0xe5, 0xff}
	steel = color.RGBA{0x2b, 0x34, 0x38, 0xff}
)

// graph is a day of some measurement.
func graph(r *rand.Rand, name string) image.Image {
	const w, h = 720, 300
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	ink := map[string]color.RGBA{
		"traffic.png": {0x1f, 0x8a, 0x70, 0xff}, "temperature.png": {0xc2, 0x5a, 0x2c, 0xff}, "poe-load.png": {0x8a, 0x6d, 0x1f, 0xff},
	}[name]
	if ink.A == 0 {
		ink = color.RGBA{0x2d, 0x5f, 0xa8, 0xff}
	}
	level, noise := 0.55+0.2*r.Float64(), 0.0
	for x := range w {
		noise = 0.9*noise + 0.02*(r.Float64()-0.5)
		y := level + 0.22*math.Sin(float64(x)/w*2*math.Pi-1.2) + noise
		if name == "power.png" {
			y = 0.85 - 0.55*float64(x)/w + noise
		}
		top := h - 20 - int(y*float64(h-40))
		for py := range h {
			c := paper
			if py%56 == 20 || x%120 == 30 {
				c = rule
			}
			if x > 30 && py > top && py < h-20 {
				c = color.RGBA{mix(ink.R), mix(ink.G), mix(ink.B), 0xff}
			}
			if x > 30 && py >= top && py < top+3 {
				c = ink
			}
			m.SetRGBA(x, py, c)
		}
	}
	return m
}

func mix(c uint8) uint8 { return uint8((int(c) + 3*255) / 4) } //nolint:gosec // at most 255

// frontPanel is a switch as a photograph from straight ahead would show it:
// dark, no light on.
func frontPanel(r *rand.Rand) image.Image {
	const w, h = 760, 220
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			shade := uint8(190 + r.IntN(12)) //nolint:gosec // below 256
			c := color.RGBA{shade, shade, shade, 0xff}
			if x > 30 && x < w-30 && y > 50 && y < h-50 {
				c = steel
			}
			if px, py := (x-60)%48, (y-66)%46; x >= 60 && x < 636 && y >= 66 && y < 158 && px >= 6 && px < 42 && py >= 6 && py < 38 {
				c = color.RGBA{0x10, 0x13, 0x15, 0xff}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}
