#!/bin/sh
# The calls that WSO2's apictl makes, in its order, with curl: for whoever has no apictl at hand, and run by a test.
# Needs curl and node. Set PUBLISHER, GATEWAY, APICTL_USER and APICTL_PASSWORD; ONE and TWO are the URLs of two backends.
set -eu
cd "$(dirname "$0")"
: "${PUBLISHER:=http://localhost:3000}" "${GATEWAY:=http://localhost:9090}" "${APICTL_USER:=admin}"
: "${ONE:=http://127.0.0.1:9801}" "${TWO:=http://127.0.0.1:9802}"
REST=$PUBLISHER/api/am/publisher/v4
PORTAL=$PUBLISHER/api/am/devportal/v3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { echo "== $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
# A value of the JSON on standard input: `field list[0].id`.
field() { node -e 'const all = JSON.parse(require("fs").readFileSync(0, "utf8")); process.stdout.write(`${new Function("it", "return it." + process.argv[1])(all)}\n`)' "$1"; }
# The status of an answer has to be this one; its body is in $work/answer.
expect() {
  wanted=$1; shift
  got=$(curl -sS -o "$work/answer" -w '%{http_code}' "$@") || fail "no answer: $*"
  [ "$got" = "$wanted" ] || fail "$got instead of $wanted: $(cat "$work/answer")"
}
register() { # clientName
  expect 200 -u "$APICTL_USER:$APICTL_PASSWORD" -H 'Content-Type: application/json' "$PUBLISHER/client-registration/v0.17/register" \
    -d "{\"clientName\":\"$1\",\"callbackUrl\":\"www.google.lk\",\"grantType\":\"password refresh_token\",\"saasApp\":true,\"owner\":\"$APICTL_USER\",\"tokenScope\":\"Production\"}"
  client=$(field clientId < "$work/answer"):$(field clientSecret < "$work/answer")
}
# apictl gets a token before every command.
login() {
  password=$(node -p 'encodeURIComponent(process.env.APICTL_PASSWORD)')
  expect 200 -u "$client" -H 'Accept: application/json' "$PUBLISHER/oauth2/token" \
    -d "grant_type=password&username=$APICTL_USER&password=$password&scope=apim:api_view+apim:api_create+apim:api_publish"
  token=$(field access_token < "$work/answer")
}
rest() { # status method path, then curl's arguments
  wanted=$1 method=$2 path=$3; shift 3
  expect "$wanted" -X "$method" -H "Authorization: Bearer $token" "$REST$path" "$@"
}
portal() {
  wanted=$1 path=$2; shift 2
  expect "$wanted" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$PORTAL$path" "$@"
}
find_api() {
  rest 200 GET '/search?query=name%3A%22Pizzeria%22+version%3A%221.0.0%22'
  id=$(field 'list[0].id' < "$work/answer")
}
menu() { expect "$1" "$GATEWAY/pizzeria/1.0.0/menu"; }
# Which backends answer six requests in a row, and how often.
balance() {
  for _ in 1 2 3 4 5 6; do menu 200; field backend < "$work/answer"; done | sort | uniq -c | awk '{print $1}' | xargs
}

step "apictl login dev -u $APICTL_USER -p ..."
register rest_api_import_export_$APICTL_USER

step "apictl import api -f pizza -e dev --params params.yaml"
login
export ONE TWO
node -e 'const { parse, stringify } = require("yaml"); const text = require("fs").readFileSync("params.yaml", "utf8"); const filled = text.replace(/\$\{(\w+)\}/g, (_, name) => process.env[name] ?? name); console.log(stringify(parse(filled).environments[0].configs))' > "$work/settings.yaml"
node pack.mjs pizza "$work/pizza.zip" "$work/settings.yaml"
rest 200 POST '/apis/import?preserveProvider=true&rotateRevision=false' -H 'Accept: application/json' -F "file=@$work/pizza.zip;type=application/zip"
cat "$work/answer"; echo

step "apictl get apis -e dev"
login
rest 200 GET '/apis?limit=25'
field 'list.map((api) => [api.id, api.name, api.version, api.context, api.lifeCycleStatus, api.provider].join("  ")).join("\n")' < "$work/answer"

step "apictl get api-revisions -n Pizzeria -v 1.0.0 -e dev"
login; find_api
rest 200 GET "/apis/$id/revisions"
field 'list.map((one) => one.displayName + "  " + one.deploymentInfo.map(({ name }) => name)).join("\n")' < "$work/answer"

step "six calls: each of the two backends answers three"
[ "$(balance)" = "3 3" ] || fail "not balanced: $(balance)"

step "apictl export api -n Pizzeria -v 1.0.0 --latest -e dev"
login
rest 200 GET '/apis/export?name=Pizzeria&version=1.0.0&providerName=&preserveStatus=true&preserveCredentials=false&format=YAML&latestRevision=true' -H 'Accept: application/zip'
cp "$work/answer" "$work/exported.zip"

step "apictl import api -f exported.zip --update -e dev: the same answers"
login
rest 200 POST '/apis/import?overwrite=true&preserveProvider=true&rotateRevision=false' -H 'Accept: application/json' -F "file=@$work/exported.zip;type=application/zip"
[ "$(balance)" = "3 3" ] || fail "not balanced after the import"

step "apictl change-status api -a Block, then Re-Publish"
login; find_api
rest 200 POST "/apis/change-lifecycle?action=Block&apiId=$id" -H 'Content-Type: application/json' -d ''
menu 503
login; find_api
rest 200 POST "/apis/change-lifecycle?action=Re-Publish&apiId=$id" -H 'Content-Type: application/json' -d ''
menu 200

step "apictl undeploy api --rev 2"
login; find_api
rest 201 POST "/apis/$id/undeploy-revision?revisionNumber=2&allEnvironments=true" -H 'Content-Type: application/json' -d 'null'
menu 404

step "apictl import api -f exported.zip --update: deployed again"
login
rest 200 POST '/apis/import?overwrite=true&preserveProvider=true&rotateRevision=false' -H 'Accept: application/json' -F "file=@$work/exported.zip;type=application/zip"

step "apictl get keys -n Pizzeria -v 1.0.0 -e dev"
register rest_api_devportal_$APICTL_USER
login; find_api
rest 200 GET "/apis/$id"
portal 200 /throttling-policies/application
portal 200 '/applications?query=default-apictl-app'
if [ "$(field count < "$work/answer")" = 0 ]; then
  portal 201 /applications -d '{"name":"default-apictl-app","throttlingPolicy":"Unlimited","description":"","tokenType":"JWT"}'
  app=$(field applicationId < "$work/answer")
else
  app=$(field 'list[0].applicationId' < "$work/answer")
fi
find_api
portal 200 "/subscriptions?apiId=$id"
portal 201 /subscriptions -d "{\"applicationId\":\"$app\",\"apiId\":\"$id\",\"throttlingPolicy\":\"Unlimited\"}"
portal 200 "/applications/$app"
portal 200 "/applications/$app/generate-keys" -d '{"keyType":"PRODUCTION","grantTypesToBeSupported":["refresh_token","password","client_credentials"],"validityTime":3600}'
keys=$(field consumerKey < "$work/answer"):$(field consumerSecret < "$work/answer")
expect 200 -u "$keys" "$PUBLISHER/oauth2/token" -d 'grant_type=client_credentials&scope='
access=$(field access_token < "$work/answer")
expect 401 "$GATEWAY/pizzeria/1.0.0/orders"
expect 200 -H "Authorization: Bearer $access" "$GATEWAY/pizzeria/1.0.0/orders"

step "apictl delete api -n Pizzeria -v 1.0.0"
register rest_api_import_export_$APICTL_USER
login; find_api
rest 200 DELETE "/apis/$id"
menu 404

step "apictl logout dev"
login
expect 200 -u "$client" "$PUBLISHER/oauth2/revoke" -d "token=$token&token_type_hint=access_token"
rest 401 GET '/apis?limit=25'
echo "All as apictl expects it."
