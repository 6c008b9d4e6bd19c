// ReDoc shows its maker's mark, a picture from the Internet. Studios are often offline, and the
// page's policy forbids it: pictures from elsewhere are left out before anybody asks for them.
const picture = HTMLImageElement.prototype;
const source = Object.getOwnPropertyDescriptor(picture, "src");

function isFromHere(address) {
  return address.startsWith("data:") || new URL(address, document.baseURI).origin === location.origin;
}

// React sets the address both ways.
Object.defineProperty(picture, "src", {
  ...source,
  set(address) {
    if (isFromHere(address)) {
      source.set.call(this, address);
    }
  },
});
picture.setAttribute = function setAttribute(name, value) {
  if (name !== "src" || isFromHere(value)) {
    Element.prototype.setAttribute.call(this, name, value);
  }
};
