"""Plays a stream for some seconds."""

import base64
import re
import subprocess
import time
import urllib.request

# A client has played if it comes so far.
SECONDS = 3
# For slow machines. A player gives up by itself much earlier.
TIMEOUT = 60


def browser_plays(browser, given, way):
    """Clicks on a way in the page. Whether it plays."""
    browser.open(f"{given.url}/")
    browser.evaluate(f"document.querySelector('button[data-way={way.name}]').click()")
    end = time.monotonic() + TIMEOUT
    position, state = 0, ""
    while time.monotonic() < end and position < SECONDS:
        position = browser.evaluate("document.querySelector('video').currentTime")
        state = browser.evaluate("document.getElementById('state').className")
        if state == "bad":
            break
        time.sleep(0.2)
    if given.screenshots:
        # The page reads the log three times a second.
        time.sleep(0.5)
        picture = browser.call("Page.captureScreenshot", format="png")["data"]
        file = given.screenshots / f"stream-{way.name}.png"
        file.write_bytes(base64.b64decode(picture))
    browser.leave()
    return position >= SECONDS


def ffmpeg_plays(url, way):
    """Whether ffmpeg decodes so many seconds."""
    with urllib.request.urlopen(f"{url}/links/{way.name}", timeout=TIMEOUT) as response:
        link = url + response.read().decode()
    command = ["ffmpeg", "-nostdin", "-v", "error", "-progress", "pipe:1", "-i", link]
    command += ["-t", str(SECONDS), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    reached = re.findall(r"^out_time_us=(\d+)", done.stdout, re.M)
    # The last frame begins before that time.
    return done.returncode == 0 and bool(reached) and int(reached[-1]) > (SECONDS - 1) * 1_000_000
