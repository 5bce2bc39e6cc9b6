"""Does what its standard input says with an S3 client, a line each, and prints a line each:
what came of it, or the code of the error. The lines are

    bucket BUCKET
    put BUCKET KEY TEXT
    get BUCKET KEY
"""

import os
import sys

import boto3
from botocore.exceptions import ClientError

region = os.environ["REGION"]
s3 = boto3.client(
    "s3",
    endpoint_url=os.environ["ENDPOINT_URL"],
    region_name=region,
    aws_access_key_id=os.environ["ACCESS_KEY"],
    aws_secret_access_key=os.environ["SECRET_KEY"],
)


def bucket(name):
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    return "ok"


def put(bucket, key, text):
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
    return "ok"


def get(bucket, key):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()


orders = {"bucket": bucket, "put": put, "get": get}

for line in sys.stdin:
    order, *words = line.split()
    try:
        print(orders[order](*words), flush=True)
    except ClientError as err:
        print(err.response["Error"]["Code"], flush=True)
