"""The page's one script: the question box's keys and focus, and the newest question in sight."""

from __future__ import annotations

import json
from collections.abc import Sequence

_SCRIPT = """<script>
(() => {
  // Streamlit may run this again at any time: what it did before is kept on the window and on the box.
  window.nlidbAsked = %(asked)s;
  const number = %(number)s;

  const keepInSight = () => {
    const align = () => {
      const question = document.querySelector(
        `.st-key-waiting-${number} .nl-asked, .st-key-turn-${number} .nl-asked`
      );
      question?.scrollIntoView();
    };
    // The answer grows while its parts load. Once the person does something, the page is theirs.
    const growth = new ResizeObserver(align);
    const acts = ["wheel", "touchmove", "pointerdown", "keydown"];
    const letGo = () => {
      growth.disconnect();
      for (const act of acts) document.removeEventListener(act, letGo);
    };
    growth.observe(document.querySelector('[data-testid="stMainBlockContainer"]'));
    for (const act of acts) document.addEventListener(act, letGo, { passive: true });
    window.nlidbLetGo = letGo;
  };

  const bind = (box) => {
    // Not on a touch screen, where the keyboard would cover the page.
    if (document.activeElement === document.body && matchMedia("(pointer: fine)").matches) {
      box.focus({ preventScroll: true });
    }
    if (box.dataset.nlidb) return;
    box.dataset.nlidb = "1";
    let place = 0;
    const put = (text) => {
      const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
      set.call(box, text);
      box.dispatchEvent(new Event("input", { bubbles: true }));
    };
    box.addEventListener("keydown", (event) => {
      const asked = window.nlidbAsked;
      if (event.key === "ArrowUp" && asked.length && (place > 0 || box.value === "")) {
        place = Math.min(place + 1, asked.length);
      } else if (event.key === "ArrowDown" && place > 0) {
        place -= 1;
      } else {
        if (event.key === "Enter" || !event.key.startsWith("Arrow")) place = 0;
        return;
      }
      event.preventDefault();
      put(place ? asked[asked.length - place] : "");
    });
  };

  if (window.nlidbNewest !== number) {
    window.nlidbNewest = number;
    window.nlidbLetGo?.();
    if (number) keepInSight();
  }
  let tries = 0;
  const findBox = () => {
    const box = document.querySelector('[data-testid="stChatInputTextArea"]');
    if (box) bind(box);
    else if (tries++ < 100) setTimeout(findBox, 100);  // Streamlit loads it after this
  };
  findBox();
})();
</script>"""


def script(asked: Sequence[str], newest: int) -> str:
    """The script as HTML.

    Args:
        asked: the questions that up-arrow in the empty box brings back, oldest first.
        newest: the number of the turn to bring in sight when it first appears; 0 is none.
    """
    # The questions are the person's own; "<" is escaped so that none can end the script.
    text = json.dumps(list(asked)).replace("<", "\\u003c")
    return _SCRIPT % {"asked": text, "number": newest}
