#pragma once
/// Files compiled into the program: `resource("payload-matrix.json")`. Empty when there is no such file.
/// Thread: any.
#include <QByteArray>
#include <QString>

namespace framescope {

[[nodiscard]] QByteArray resource(const QString& name);
/// Makes ":/framescope/..." paths work for Qt classes that load by path. Idempotent.
void initResources();

} // namespace framescope
