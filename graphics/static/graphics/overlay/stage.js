const WIDTH = 1920;
const HEIGHT = 1080;

/** Keep the stage as large as the window allows, whole, and centred. @param {HTMLElement} stage */
export function scaleToWindow(stage) {
  const scale = () => {
    const factor = Math.min(innerWidth / WIDTH, innerHeight / HEIGHT);
    const left = (innerWidth - WIDTH * factor) / 2;
    const top = (innerHeight - HEIGHT * factor) / 2;
    // At full size there is no transform at all, so nothing is drawn between two pixels.
    const isIdentity = factor === 1 && left === 0 && top === 0;
    stage.style.transform = isIdentity ? "" : `translate(${left}px, ${top}px) scale(${factor})`;
  };
  addEventListener("resize", scale);
  scale();
}
