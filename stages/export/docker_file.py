"""The Dockerfile of an exported folder."""

DOCKERFILE = """\
# Serves the model on port 8000: docker build -t model . && docker run -p 8000:8000 model
FROM python:3.13-slim
RUN useradd --create-home model
WORKDIR /home/model
COPY requirements-serve.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements-serve.txt
COPY model model
USER model
ENV PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \\
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["python", "-m", "model", "serve", "--host", "0.0.0.0", "--port", "8000"]
"""
