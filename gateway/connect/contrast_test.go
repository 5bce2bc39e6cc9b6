package connect_test

// faintTexts are the texts of a page whose contrast, as WCAG 2 counts it, is below 4.5.
// Colours that the style leaves to the browser are asked of it.
const faintTexts = `(() => {
	const root = document.documentElement;
	root.style.backgroundColor = "Canvas";
	const parse = text => {
		const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
		return {r, g, b, a};
	};
	const over = (top, below) => ({
		r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a), b: top.b * top.a + below.b * (1 - top.a), a: 1,
	});
	const background = e => {
		const own = parse(getComputedStyle(e).backgroundColor);
		return own.a == 1 ? own : over(own, background(e.parentElement));
	};
	const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	const luminance = c => 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
	const contrast = (x, y) => {
		const [high, low] = [luminance(x), luminance(y)].sort((a, b) => b - a);
		return (high + 0.05) / (low + 0.05);
	};
	const text = e => e.value || [...e.childNodes].filter(n => n.nodeType == Node.TEXT_NODE).map(n => n.data.trim()).join("");
	const faint = [];
	for (const e of document.body.querySelectorAll("*")) {
		if (!text(e) || e.type == "hidden") continue;
		const below = background(e), ratio = contrast(over(parse(getComputedStyle(e).color), below), below);
		if (!(ratio >= 4.5)) faint.push(e.localName + " " + ratio.toFixed(2) + ": " + text(e));
	}
	root.style.backgroundColor = "";
	return faint;
})()`
