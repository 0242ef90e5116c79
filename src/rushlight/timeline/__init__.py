"""OpenTimelineIO cuts: building, drawing, rendering, captions, interchange."""
