#include "core/decode/payloadmatrix.h"

#include "core/base/resources.h"
#include "core/base/sha256.h"
#include "core/decode/jsonreader.h"
#include "core/decode/matrixreader.h"

#include <QFile>
#include <QFileInfo>
#include <algorithm>

namespace framescope {

namespace {

constexpr qsizetype matrixSizeLimit = qsizetype(4) * 1024 * 1024;
constexpr int matrixDepthLimit = 128;

std::vector<std::size_t> distinctMatchPointers(const std::vector<TypeRule>& types)
{
    std::vector<std::size_t> firsts;
    for (std::size_t i = 0; i < types.size(); ++i) {
        const auto same = [&](std::size_t first) {
            return types[first].matchPointer->text() == types[i].matchPointer->text();
        };
        if (types[i].isText && std::none_of(firsts.begin(), firsts.end(), same))
            firsts.push_back(i);
    }
    return firsts;
}

} // namespace

Expected<PayloadMatrix> PayloadMatrix::builtIn()
{
    return fromJson(resource(QStringLiteral("payload-matrix.json")), QStringLiteral(":/framescope"));
}

Expected<PayloadMatrix> PayloadMatrix::fromFile(const QString& path)
{
    QFile file(path);
    if (!file.exists())
        return failure(ErrorCode::NotFound, QStringLiteral("there is no such file"), path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, file.errorString(), path);
    const QByteArray json = file.read(matrixSizeLimit + 1);
    if (file.error() != QFileDevice::NoError)
        return failure(ErrorCode::Io, file.errorString(), path);
    Expected<PayloadMatrix> matrix = fromJson(json, QFileInfo(path).absolutePath());
    if (!matrix)
        return failure(matrix.error().code, matrix.error().detail, path + QLatin1Char('#') + matrix.error().place);
    return matrix;
}

Expected<PayloadMatrix> PayloadMatrix::fromJson(const QByteArray& json, const QString& schemaFolder)
{
    if (json.size() > matrixSizeLimit)
        return failure(ErrorCode::Parse, QStringLiteral("a payload type matrix is at most 4 MiB"));
    QByteArray padded = json;
    padded.append(qsizetype(JsonReader::padding), ' ');
    std::vector<Finding> faults;
    FindingCollector collector(faults, 0);
    JsonReader reader(matrixDepthLimit);
    if (!reader.read(QByteArrayView(padded).first(json.size()), collector) || !faults.empty()) {
        const Finding& fault = faults.front();
        if (fault.id == FindingId::JsonDuplicateKey)
            return failure(ErrorCode::Parse, QStringLiteral("this member stands here twice"),
                           QString::fromUtf8(fault.pointer));
        return failure(ErrorCode::Parse,
                       QStringLiteral("not JSON: expected %1, found %2")
                           .arg(QString::fromUtf8(fault.expected), QString::fromUtf8(fault.actual)),
                       QString::number(fault.range.offset));
    }
    Expected<std::vector<TypeRule>> types = MatrixReader(schemaFolder).read(reader.root());
    if (!types)
        return tl::unexpected<Error>(types.error());
    const auto loaded = std::make_shared<Private>();
    loaded->types = std::move(*types);
    loaded->matchPointers = distinctMatchPointers(loaded->types);
    loaded->sha256Hex = toHex(Sha256::digest(json));
    PayloadMatrix matrix;
    matrix.d = loaded;
    return matrix;
}

std::vector<QByteArray> PayloadMatrix::typeNames() const
{
    std::vector<QByteArray> names;
    if (d) {
        for (const TypeRule& type : d->types)
            names.push_back(type.name);
    }
    return names;
}

QByteArray PayloadMatrix::sha256Hex() const
{
    return d ? d->sha256Hex : QByteArray();
}

} // namespace framescope
