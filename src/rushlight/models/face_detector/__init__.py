"""Where faces are in a picture: BlazeFace of MediaPipe as ONNX, with how it was converted, its licence and card."""
