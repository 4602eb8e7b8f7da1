// Takes one picture with the camera, inside the page.

// The browser chooses the largest picture that the device offers.
const BEST = { facingMode: "environment", width: { ideal: 4096 }, height: { ideal: 4096 } };
const TYPE = "image/jpeg"; // a PNG of this size would be too large to send
const QUALITY = 0.95;

// `video` shows the stream while the camera is on. `stop` may be called at any time.
export function createCamera(video) {
  let stream = null;

  return {
    get isOn() {
      return stream !== null;
    },
    // Only pages from https or from this machine may use the camera.
    get isAvailable() {
      return Boolean(navigator.mediaDevices?.getUserMedia);
    },
    async start() {
      stream = await navigator.mediaDevices.getUserMedia({ video: BEST });
      video.srcObject = stream;
      await video.play();
    },
    async takePicture() {
      const still = document.createElement("canvas");
      still.width = video.videoWidth;
      still.height = video.videoHeight;
      still.getContext("2d").drawImage(video, 0, 0);
      const blob = await new Promise((resolve) => still.toBlob(resolve, TYPE, QUALITY));
      return new File([blob], "camera.jpg", { type: TYPE });
    },
    stop() {
      stream?.getTracks().forEach((track) => track.stop());
      stream = video.srcObject = null;
    },
  };
}
