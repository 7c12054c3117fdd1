// Trix writes two <style> elements into the page while it loads, which our
// content security policy refuses. app.css has what they say, so they become
// inert elements; trix-after.js ends that.
export const create = document.createElement;
document.createElement = function (tag, ...rest) {
  return create.call(this, tag === "style" ? "template" : tag, ...rest);
};
