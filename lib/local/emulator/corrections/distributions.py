"""Responses of a CloudFront distribution to viewers."""

import gzip
import re
from urllib.parse import parse_qs, unquote

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.services import cloudfront, s3

from . import correction, replaced

_REST_API = re.compile(r"^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com$")


@correction
def rest_api_origins():
    """Serves origins that are REST APIs from this cloud's API Gateway, by their domain names.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html#concept_CustomOrigin
    """
    from ministack import app

    @replaced(cloudfront, "_fetch_from_origin")
    async def fetch(original, origin, method, uri, query_string, headers, body, *rest):
        api = _REST_API.match(cloudfront._normalize_origin_host(origin["domain_name"]))
        if not api:
            return await original(origin, method, uri, query_string, headers, body, *rest)
        _https, client_ip, forwarded_for, _arn = rest
        sent = cloudfront._origin_request_headers(origin, headers, client_ip, forwarded_for)
        stage, _, path = ((origin.get("origin_path") or "") + uri).lstrip("/").partition("/")
        path = f"/restapis/{api.group(1)}/{stage}/_user_request_/{path}"
        response = await app._handle_execute_api_request(
            origin["domain_name"],
            unquote(path),
            method,
            {name.lower(): value for name, value in sent.items()},
            body,
            parse_qs(query_string, keep_blank_values=True),
            raw_path=path,
            raw_query_string=query_string,
        )
        status, response_headers, data = app._with_data_plane_headers(response, cloudfront.new_uuid(), wildcard_cors=False)
        data = data.encode() if isinstance(data, str) else data
        return status, "", cloudfront._multidict_from_pairs(_lines(response_headers)), data


def _lines(headers):
    """Returns a header line for each value: a response may set several cookies."""
    return [(name, item) for name, value in headers.items() for item in (value if isinstance(value, list) else [value])]


@correction
def missing_files():
    """Returns 404 for a missing file to a distribution that may list the bucket, and 403 to others.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """

    def may_list(owner, bucket, source_arn):
        policy = s3._bucket_policies.get_scoped(owner, None, bucket)
        context = EvalContext(
            principal_arn="*",
            principal_type="Service",
            principal_account="",
            action="s3:ListBucket",
            resource_arn=f"arn:aws:s3:::{bucket}",
            region=s3.get_region(),
            service_context={"aws:sourcearn": source_arn},
        )
        service = "cloudfront.amazonaws.com"
        return bool(policy) and evaluate_resource_policy(policy, context, service=service).decision == "Allow"

    @replaced(s3, "serve_cloudfront_origin_fetch")
    def fetch(original, bucket, key, method, headers, source_arn="", oai_id=""):
        response = original(bucket, key, method, headers, source_arn=source_arn, oai_id=oai_id)
        owner = s3._bucket_owner_account(bucket) or s3.get_account_id()
        if response[0] != 403 or not source_arn or not may_list(owner, bucket, source_arn):
            return response
        if not s3._cloudfront_origin_allows(owner, bucket, key, source_arn, oai_id):
            return response
        return s3._error("NoSuchKey", "The specified key does not exist.", 404, f"/{bucket}/{key}")


# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
_COMPRESSED_STATUSES = (200, 403, 404)
_COMPRESSED_SIZES = range(1_000, 10_000_001)
_COMPRESSED_TYPES = re.compile(r"^(text/|font/|application/(javascript|json|manifest\+json|xml|.*\+(json|xml)|wasm)|image/svg)")


@correction
def edge_compression():
    """Compresses files of certain types and sizes for viewers that accept it, if the behavior has `Compress`.

    Only gzip: CloudFront also supports Brotli, which Python lacks.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
    """

    @replaced(cloudfront, "_dataplane_behavior")
    def behavior(original, element, *rest):
        return {**original(element, *rest), "compress": cloudfront._text(element, "Compress") == "true"}

    @replaced(cloudfront, "handle_viewer_request")
    async def viewer_request(original, dist, method, path, raw_uri, query, headers, *rest):
        status, response_headers, data = await original(dist, method, path, raw_uri, query, headers, *rest)
        matched = cloudfront._match_behavior(cloudfront.parse_distribution_dataplane_config(dist), path)
        if not _is_compressed(matched, headers, status, response_headers, data):
            return status, response_headers, data
        data = gzip.compress(data, compresslevel=6, mtime=0)
        changed = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        if "Content-Length" in response_headers:
            changed["Content-Length"] = str(len(data))
        if response_headers.get("Etag", "").startswith('"'):
            changed["Etag"] = f"W/{response_headers['Etag']}"
        return status, {**response_headers, **changed}, data


def _is_compressed(behavior, headers, status, response_headers, data):
    policy = cloudfront.cache_policy_params(behavior["cache_policy_id"]) if behavior else None
    return (
        bool(policy)
        and behavior["compress"]
        and policy.get("EnableAcceptEncodingGzip") is True
        and "gzip" in headers.get("accept-encoding", "")
        and status in _COMPRESSED_STATUSES
        and len(data) in _COMPRESSED_SIZES
        and "Content-Encoding" not in response_headers
        and bool(_COMPRESSED_TYPES.match(response_headers.get("Content-Type", "")))
    )
