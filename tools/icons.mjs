// Draws the icons of the manifest from `www/icons/icon.svg`, by Chromium. Run it after a change of the drawing:
//
//   node tools/icons.mjs

import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const drawing = await readFile("www/icons/icon.svg", "utf8");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

/**
 * @param {string} name
 * @param {number} size
 * @param {number} share how much of the side the drawing takes: a maskable icon loses its rim
 */
async function draw(name, size, share) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const whole = share < 1 ? "#0b5cad" : "transparent";
  const side = Math.round(size * share);
  await page.setContent(`<body style="margin:0;display:grid;place-items:center;height:100vh;background:${whole}">${drawing.replace("<svg", `<svg width="${side}" height="${side}"`)}`);
  await page.screenshot({ path: `www/icons/${name}.png`, omitBackground: true });
  await page.close();
}

await draw("icon-192", 192, 1);
await draw("icon-512", 512, 1);
await draw("maskable-512", 512, 0.8);
await browser.close();
