# Handler of the function. bootstrap loads and calls it.

hello() {
  local event
  event=$(cat)
  case $event in
    *'"fail"'*) fail GreetingRefused "the name is \"fail\"" ;;
  esac
  echo "greeting $event" >&2
  printf '{"greeting":"Hello from bash %s","event":%s,"requestId":"%s","traceId":"%s","remainingMs":%d}' \
    "$BASH_VERSION" "$event" "$REQUEST_ID" "$_X_AMZN_TRACE_ID" $((DEADLINE_MS - $(date +%s) * 1000))
}
