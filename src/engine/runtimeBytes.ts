/** Sizes of onnxruntime-web's binaries: a server that compresses does not tell them, and the progress needs them at once. */
export const buildBytes = {
  plain: 14_239_897,
  jspi: 16_758_545,
  asyncify: 26_781_914,
} as const;
