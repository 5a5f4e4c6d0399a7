() => {
  const parse = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = (rgb) => 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
  const over = (top, below) => {
    const alpha = top.length > 3 ? top[3] : 1;
    return [0, 1, 2].map((place) => top[place] * alpha + below[place] * (1 - alpha));
  };
  const page = (element) => {
    const grounds = [];
    for (let one = element; one; one = one.parentElement) { grounds.unshift(parse(getComputedStyle(one).backgroundColor)); }
    return grounds.reduce((below, ground) => over(ground, below), [255, 255, 255]);
  };
  // In a drawing the ground is what was painted last below the middle of the text.
  const painted = (text) => {
    const box = text.getBoundingClientRect();
    const x = box.left + 2, y = (box.top + box.bottom) / 2;
    let ground = page(text.ownerSVGElement);
    for (const one of text.ownerSVGElement.querySelectorAll("rect, text")) {
      if (one === text) { break; }
      const fill = getComputedStyle(one).fill;
      const at = one.getBoundingClientRect();
      const covers = at.left <= x && x <= at.right && at.top <= y && y <= at.bottom;
      if (one.tagName === "rect" && fill !== "none" && covers) { ground = over(parse(fill), ground); }
    }
    return ground;
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (!words || element.closest("script, style, title, desc") || !element.getClientRects().length) { continue; }
    const drawn = element.tagName === "text";
    const ground = drawn ? painted(element) : page(element);
    const ink = over(parse(getComputedStyle(element)[drawn ? "fill" : "color"]), ground);
    const [more, less] = [light(ink), light(ground)].sort((one, other) => other - one);
    texts.push({ words: words.slice(0, 60), of: element.className.baseVal || element.className || element.tagName,
      ink: ink.join(), ground: ground.join(), ratio: (more + 0.05) / (less + 0.05) });
  }
  return { count: texts.length, texts: texts.filter((one) => one.ratio < 7) };
}
