#include "core/simulator/faultplace.h"

#include <vector>

namespace framescope {

namespace {

/// An object or list that is open at the place.
struct Level
{
    bool isObject = false;
    std::string_view name; ///< object: of the member at hand
    int index = 0;         ///< list: of the element at hand
};

QByteArray pointerTo(const std::vector<Level>& levels)
{
    QByteArray pointer;
    for (const Level& level : levels) {
        QByteArray step = QByteArray::number(level.index);
        if (level.isObject) {
            step = QByteArray(level.name.data(), qsizetype(level.name.size()));
            step.replace('~', "~0").replace('/', "~1");
        }
        pointer += '/' + step;
    }
    return pointer;
}

} // namespace

FaultPlace placeOfValue(std::string_view json, std::size_t offset, std::size_t length)
{
    std::vector<Level> levels;
    for (std::size_t at = 0; at < offset; ++at) {
        switch (json[at]) {
        case '{':
        case '[':
            levels.push_back({json[at] == '{', {}, 0});
            break;
        case '}':
        case ']':
            levels.pop_back();
            break;
        case ',':
            ++levels.back().index;
            break;
        case '"': {
            const std::size_t end = json.find('"', at + 1);
            if (json[end + 1] == ':')
                levels.back().name = json.substr(at + 1, end - at - 1);
            at = end;
            break;
        }
        default:
            break;
        }
    }
    return {pointerTo(levels), quint32(offset), quint32(length)};
}

} // namespace framescope
