import { execFileSync } from 'node:child_process';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { environmentOf } from '../../lib/local/index.js';
import { installEmulator } from '../../lib/local/python.js';
import { type Credentials, signed } from '../support/sigv4.js';
import { Emulator } from './emulator.js';

/**
 * botocore, the base of the AWS CLI, with settings from the environment only. Each line is a way to sign: paths that are encoded
 * once (S3) or twice, queries, forms, bodies in signed chunks with trailers, the older signature of S3, URLs.
 */
const SCRIPT = `
import io, json, os, urllib.error, urllib.request
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

def outcome(call):
    try:
        return call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    except urllib.error.HTTPError as error:
        return error.code

s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
s3.create_bucket(Bucket="bucket")
keys = ["plain", "a b", "a+b", "é/ü", "x//y", "tilde~!*()'", "q?m#h", "per%41cent"]
for key in keys:
    s3.put_object(Bucket="bucket", Key=key, Body=key.encode())
read = [s3.get_object(Bucket="bucket", Key=key)["Body"].read().decode() for key in keys]
large = io.BytesIO(b"z" * 9_000_000)
s3.upload_fileobj(large, "bucket", "large")
for algorithm in ("CRC32", "SHA1", "SHA256"):
    s3.put_object(Bucket="bucket", Key="summed", Body=io.BytesIO(b"text" * 1000), ChecksumAlgorithm=algorithm)
signed = Config(s3={"addressing_style": "path", "payload_signing_enabled": True})
boto3.client("s3", config=signed).put_object(Bucket="bucket", Key="signed", Body=io.BytesIO(b"text"))
older = boto3.client("s3", config=Config(signature_version="s3", s3={"addressing_style": "path"}))
url = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "a b"})
arn = "arn:aws:lambda:us-east-1:000000000000:function:none"
sqs = boto3.client("sqs")
queue = sqs.create_queue(QueueName="queue")["QueueUrl"]
sqs.send_message(QueueUrl=queue, MessageBody="é & = +")
role = boto3.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}))["Role"]["Arn"]
session = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
root = dict(aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="other")
key, secret = session["AccessKeyId"], session["SecretAccessKey"]
named = dict(aws_access_key_id=key, aws_secret_access_key=secret)
print(json.dumps({
    "read": read == keys,
    "older": outcome(lambda: older.get_object(Bucket="bucket", Key="plain")["Body"].read().decode()),
    "url": outcome(lambda: urllib.request.urlopen(url).read().decode()),
    "changed url": outcome(lambda: urllib.request.urlopen(url.replace("a%20b", "plain")).read().decode()),
    "arn in the path": outcome(lambda: boto3.client("lambda").invoke(FunctionName=arn)),
    "message": sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"],
    "metric": boto3.client("cloudwatch").put_metric_data(
        Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}])["ResponseMetadata"]["HTTPStatusCode"],
    "pools": boto3.client("cognito-idp").list_user_pools(MaxResults=1)["UserPools"],
    "root": boto3.client("sts").get_caller_identity()["Arn"],
    "session": outcome(lambda: boto3.client("sts", **named, aws_session_token=session["SessionToken"])
                       .get_caller_identity()["Arn"]),
    "session without its token": outcome(lambda: boto3.client("sts", **named).get_caller_identity()),
    "other secret": outcome(lambda: boto3.client("dynamodb", **root).list_tables()),
    "other secret of S3": outcome(lambda: boto3.client("s3", **root).list_buckets()),
    "other key": outcome(lambda: boto3.client("iam", **{**root, "aws_access_key_id": "AKIAXXXXXXXXXXXXXXXX"}).list_users()),
}))
`;

let emulator: Emulator;
beforeAll(async () => {
  emulator = await Emulator.start();
});
afterAll(() => emulator?.stop());

/** Calls Kinesis by HTTP/2, as its SDK does: the signature covers `:authority`. */
async function listStreams(credentials: Credentials): Promise<unknown> {
  const body = '{}';
  const options = { method: 'POST', body, hostHeader: ':authority' };
  const session = connect(emulator.endpoint);
  try {
    const request = session.request({
      ':method': 'POST',
      ':path': '/',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Kinesis_20131202.ListStreams',
      ...signed(`${emulator.endpoint}/`, credentials, 'kinesis', options),
    });
    request.end(body);
    return JSON.parse(await text(request));
  } finally {
    session.close();
  }
}

it('verifies signatures of HTTP/2, of which the host is part under another name', async () => {
  const { credentials } = emulator.instance;
  expect(await listStreams(credentials)).toMatchObject({ StreamNames: [] });
  expect(await listStreams({ ...credentials, secretAccessKey: 'other' })).toMatchObject({
    __type: expect.stringContaining('InvalidSignatureException'),
  });
});

it("AWS's SDK for Python calls the local cloud with the environment of info --env", async () => {
  const python = await installEmulator(() => undefined);
  const { endpoint, instance } = emulator;
  const variables = environmentOf({ endpoint, credentials: instance.credentials });
  const printed = execFileSync('bash', ['-c', `${variables}\n'${python}' -B -`], {
    input: SCRIPT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: '/nonexistent', AWS_PROFILE: 'production', NODE_ENV: 'test' },
  });
  expect(JSON.parse(printed)).toEqual({
    read: true,
    older: 'plain',
    url: 'a b',
    'changed url': 403,
    'arn in the path': 'ResourceNotFoundException',
    message: 'é & = +',
    metric: 200,
    pools: [],
    root: 'arn:aws:iam::000000000000:root',
    session: 'arn:aws:sts::000000000000:assumed-role/reader/session',
    'session without its token': 'InvalidClientTokenId',
    'other secret': 'InvalidSignatureException',
    'other secret of S3': 'SignatureDoesNotMatch',
    'other key': 'InvalidClientTokenId',
  });
});
