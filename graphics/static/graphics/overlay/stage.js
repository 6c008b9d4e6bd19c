/** Keep the stage as large as the window allows, whole, and centred. @param {HTMLElement} stage */
export function scaleToWindow(stage) {
  const { offsetWidth: width, offsetHeight: height } = stage;
  const scale = () => {
    const factor = Math.min(innerWidth / width, innerHeight / height);
    const left = (innerWidth - width * factor) / 2;
    const top = (innerHeight - height * factor) / 2;
    // At full size there is no transform at all, so nothing is drawn between two pixels.
    const isIdentity = factor === 1 && left === 0 && top === 0;
    stage.style.transform = isIdentity ? "" : `translate(${left}px, ${top}px) scale(${factor})`;
  };
  addEventListener("resize", scale);
  scale();
}
